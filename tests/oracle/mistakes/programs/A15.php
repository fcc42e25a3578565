<?php
// PHPMailer: SMTPAuth is misspelt, and PHP makes a property of it.
// at: gmail
// known: among others
// shows: SMTP ERROR: MAIL FROM command failed: 530-5.5.1 Authentication Required.
require '/usr/share/php/libphp-phpmailer/autoload.php';

$mail = new PHPMailer\PHPMailer\PHPMailer(true);
$mail->SMTPDebug = 2;
$mail->isSMTP();
$mail->Host = getenv('FM_HOST');
$mail->Port = (int) getenv('FM_SUBMISSION');
$mail->SMTPSecure = 'tls';
$mail->SMPTAuth = true;
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
