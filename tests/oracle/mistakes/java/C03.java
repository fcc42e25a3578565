// Angus Mail (JavaMail): a sender that is not the account.
// at: sina
// serve: --rule greeting_delay=0
// shows: 553 Envolope sender mismatch with login user..
import java.util.Properties;

public class C03 {
  public static void main(String[] words) throws Exception {
    Properties settings = Mailer.smtp();
    settings.put("mail.smtp.auth", "true");
    Mailer.send(settings, "alerts@sina.com", Mailer.USER, Mailer.CODE);
  }
}
