<?php
// PHPMailer: SMTPSecure is misspelt; only SMTPAutoTLS saves it.
// at: exmail
// explain: session
// shows: CLIENT -> SERVER: STARTTLS…235 Authentication successful…sent
require '/usr/share/php/libphp-phpmailer/autoload.php';

$mail = new PHPMailer\PHPMailer\PHPMailer(true);
$mail->SMTPDebug = 2;
$mail->isSMTP();
$mail->Host = getenv('FM_HOST');
$mail->Port = (int) getenv('FM_SUBMISSION');
$mail->SMTPSecure = 'tsl';
$mail->SMTPAuth = true;
$mail->Username = getenv('FM_USER');
$mail->Password = getenv('FM_CODE');
$mail->setFrom(getenv('FM_USER'));
$mail->addAddress(getenv('FM_USER'));
$mail->Subject = 'hello';
$mail->Body = 'hello';
$mail->SMTPOptions = ['ssl' => ['cafile' => getenv('FM_CA')]];
try {
    $mail->send();
    echo "sent\n";
} catch (Exception $e) {
    echo $e->getMessage(), "\n";
}
