<?php
// PHPMailer: a login on 587 without TLS.
// at: yandex
// shows: 530 5.7.7 Email sending without SSL/TLS encryption is not allowed.
require '/usr/share/php/libphp-phpmailer/autoload.php';

$mail = new PHPMailer\PHPMailer\PHPMailer(true);
$mail->SMTPDebug = 2;
$mail->isSMTP();
$mail->Host = getenv('FM_HOST');
$mail->Port = (int) getenv('FM_SUBMISSION');
$mail->SMTPAutoTLS = false;
$mail->SMTPAuth = true;
$mail->Username = getenv('FM_USER');
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
