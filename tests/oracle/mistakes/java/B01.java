// Angus Mail (JavaMail): the password of the web page.
// at: qq
// shows: AuthenticationFailedException: 535 Login fail. Account is abnormal
import java.util.Properties;

public class B01 {
  public static void main(String[] words) throws Exception {
    Properties settings = Mailer.smtp();
    settings.put("mail.smtp.auth", "true");
    Mailer.send(settings, Mailer.USER, Mailer.USER, System.getenv("FM_PASSWORD"));
  }
}
