// Angus Mail (JavaMail): the password of the account instead of an app password.
// at: yahoo
// shows: AuthenticationFailedException: 535 5.7.0 (#AUTH005) Too many bad auth attempts.
import java.util.Properties;

public class B17 {
  public static void main(String[] words) throws Exception {
    Properties settings = Mailer.smtp();
    settings.put("mail.smtp.auth", "true");
    Mailer.send(settings, Mailer.USER, Mailer.USER, System.getenv("FM_PASSWORD"));
  }
}
