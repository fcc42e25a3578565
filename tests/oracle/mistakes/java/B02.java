// Angus Mail (JavaMail): the password of the web page, in the years of an older answer.
// at: qq@2021
// shows: AuthenticationFailedException: 535 Login Fail. Please enter your authorization code to login.
import java.util.Properties;

public class B02 {
  public static void main(String[] words) throws Exception {
    Properties settings = Mailer.smtp();
    settings.put("mail.smtp.auth", "true");
    Mailer.send(settings, Mailer.USER, Mailer.USER, System.getenv("FM_PASSWORD"));
  }
}
