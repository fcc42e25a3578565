// Angus Mail (JavaMail): mail.smtp.auth is not set.
// at: 163
// shows: SenderFailedException: 553 authentication is required,
import java.util.Properties;

public class A13 {
  public static void main(String[] words) throws Exception {
    Properties settings = Mailer.smtp();
    Mailer.send(settings, Mailer.USER, Mailer.USER, Mailer.CODE);
  }
}
