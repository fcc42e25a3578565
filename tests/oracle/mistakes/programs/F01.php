<?php
// PHPMailer: one message after the other, each over a connection of its own, too fast.
// at: qq
// serve: --rule messages_limit=2/10min
// sessions: 3
// shows: 550 Connection frequency limited.
require '/usr/share/php/libphp-phpmailer/autoload.php';

for ($number = 1; $number <= 3; $number++) {
    $mail = new PHPMailer\PHPMailer\PHPMailer(true);
    $mail->SMTPDebug = 2;
    $mail->isSMTP();
    $mail->Host = getenv('FM_HOST');
    $mail->Port = (int) getenv('FM_SUBMISSIONS');
    $mail->SMTPSecure = 'ssl';
    $mail->SMTPAuth = true;
    $mail->Username = getenv('FM_USER');
    $mail->Password = getenv('FM_CODE');
    $mail->setFrom(getenv('FM_USER'));
    $mail->addAddress(getenv('FM_USER'));
    $mail->Subject = "hello $number";
    $mail->Body = 'hello';
    try {
        $mail->send();
    } catch (Exception $e) {
        echo $e->getMessage(), "\n";
    }
}
