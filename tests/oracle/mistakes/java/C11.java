// Angus Mail (JavaMail): a sender that the account may not send as.
// at: office365
// shows: 554 5.2.252 SendAsDenied; me@company.example not allowed to send as boss@company.example
import java.util.Properties;

public class C11 {
  public static void main(String[] words) throws Exception {
    Properties settings = Mailer.smtp();
    settings.put("mail.smtp.auth", "true");
    Mailer.send(settings, "boss@company.example", Mailer.USER, Mailer.CODE);
  }
}
