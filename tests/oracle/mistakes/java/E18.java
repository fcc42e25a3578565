// Angus Mail (JavaMail): POP3 with OAuth, the token on the line of AUTH XOAUTH2.
// at: hotmail
// shows: Protocol error. Connection is closed. 10
import jakarta.mail.Session;
import java.util.Properties;

public class E18 {
  public static void main(String[] words) throws Exception {
    Properties settings = Mailer.store("pop3s", "FM_POP3S");
    settings.put("mail.pop3s.auth.mechanisms", "XOAUTH2");
    var session = Session.getInstance(settings);
    try (var store = session.getStore("pop3s")) {
      store.connect(Mailer.USER, System.getenv("FM_CODE"));
    }
  }
}
