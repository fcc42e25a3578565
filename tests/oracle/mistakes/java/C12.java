// Angus Mail (JavaMail): a typing mistake in the recipient.
// at: 163
// shows: SMTPAddressFailedException: 550 User not found: yuo@163.com
import java.util.Properties;

public class C12 {
  public static void main(String[] words) throws Exception {
    Properties settings = Mailer.smtp();
    settings.put("mail.smtp.auth", "true");
    Mailer.send(settings, Mailer.USER, "yuo@163.com", Mailer.CODE);
  }
}
