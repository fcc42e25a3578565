// Angus Mail (JavaMail): mail.smtp.auth is not set.
// at: office365
// shows: 530 5.7.57 Client not authenticated to send mail.
import java.util.Properties;

public class A18 {
  public static void main(String[] words) throws Exception {
    Properties settings = Mailer.smtp();
    Mailer.send(settings, Mailer.USER, Mailer.USER, Mailer.CODE);
  }
}
