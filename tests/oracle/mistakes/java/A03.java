// Angus Mail (JavaMail): mail.smtp.auth is not set.
// at: qq
// shows: SMTPSendFailedException: 503 Error: need EHLO and AUTH first !
import java.util.Properties;

public class A03 {
  public static void main(String[] words) throws Exception {
    Properties settings = Mailer.smtp();
    Mailer.send(settings, Mailer.USER, Mailer.USER, Mailer.CODE);
  }
}
