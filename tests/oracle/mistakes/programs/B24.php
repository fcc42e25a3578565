<?php
// PHPMailer: a user name that is none.
// at: yandex
// shows: 535 5.7.8 Error: authentication failed: Invalid format.
require '/usr/share/php/libphp-phpmailer/autoload.php';

$mail = new PHPMailer\PHPMailer\PHPMailer(true);
$mail->SMTPDebug = 2;
$mail->isSMTP();
$mail->Host = getenv('FM_HOST');
$mail->Port = (int) getenv('FM_SUBMISSION');
$mail->SMTPSecure = 'tls';
$mail->SMTPAuth = true;
$mail->Username = '';
$mail->Password = getenv('FM_CODE');
$mail->setFrom(getenv('FM_USER'));
$mail->addAddress(getenv('FM_USER'));
$mail->Subject = 'hello';
$mail->Body = 'hello';
try {
    $mail->send();
} catch (Exception $e) {
    echo $e->getMessage(), "\n";
}
