// Angus Mail (JavaMail): a password that is not right.
// at: aliyun_qiye
// shows: AuthenticationFailedException: 526 Authentication failure[0]
import java.util.Properties;

public class B20 {
  public static void main(String[] words) throws Exception {
    Properties settings = Mailer.smtp();
    settings.put("mail.smtp.auth", "true");
    Mailer.send(settings, Mailer.USER, Mailer.USER, "not-the-password");
  }
}
