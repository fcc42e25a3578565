<?php
// PHPMailer: the password of the account, which has two steps.
// at: gmail
// shows: 534-5.7.9 Application-specific password required.
require '/usr/share/php/libphp-phpmailer/autoload.php';

$mail = new PHPMailer\PHPMailer\PHPMailer(true);
$mail->SMTPDebug = 2;
$mail->isSMTP();
$mail->Host = getenv('FM_HOST');
$mail->Port = (int) getenv('FM_SUBMISSION');
$mail->SMTPSecure = 'tls';
$mail->SMTPAuth = true;
$mail->Username = getenv('FM_USER');
$mail->Password = getenv('FM_PASSWORD');
$mail->setFrom(getenv('FM_USER'));
$mail->addAddress(getenv('FM_USER'));
$mail->Subject = 'hello';
$mail->Body = 'hello';
try {
    $mail->send();
} catch (Exception $e) {
    echo $e->getMessage(), "\n";
}
