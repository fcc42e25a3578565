<?php
// PHPMailer sends, the HTTP API says when it is there. Run: php mail.php.
// With Composer, require 'vendor/autoload.php' instead of Debian's package libphp-phpmailer.
require '/usr/share/php/libphp-phpmailer/autoload.php';

use PHPMailer\PHPMailer\PHPMailer;

$mail = new PHPMailer(true);
$mail->isSMTP();
$mail->Host = getenv('SMTP_HOST');
$mail->Port = (int) getenv('SMTP_PORT');
$mail->SMTPSecure = PHPMailer::ENCRYPTION_STARTTLS;
$mail->SMTPOptions = ['ssl' => ['cafile' => getenv('FAKEMAIL_CA_FILE')]];
$mail->SMTPAuth = true;
$mail->Username = getenv('SMTP_USER');
$mail->Password = getenv('SMTP_PASSWORD');
$mail->setFrom(getenv('MAIL_ADDRESS'));
$mail->addAddress('new@example.com');
$mail->Subject = 'Welcome';
$mail->Body = 'Here you are.';
$mail->send();

$query = http_build_query(['to' => 'new@example.com', 'subject' => 'Welcome', 'timeout' => 5]);
$answer = file_get_contents(getenv('FAKEMAIL_URL') . "/api/v1/wait?$query");
if ($answer === false) {
    exit(1); // PHP has already said why: 408, for one
}
$arrived = json_decode($answer, true, 512, JSON_THROW_ON_ERROR);
if (array_column($arrived['messages'], 'Subject') !== ['Welcome']) {
    fwrite(STDERR, $answer);
    exit(1);
}
echo "ok\n";
