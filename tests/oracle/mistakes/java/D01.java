// Angus Mail (JavaMail): no ID before SELECT.
// at: 163
// known: among others
// shows: SELECT Unsafe Login. Please contact kefu@188.com for help
import jakarta.mail.Folder;
import jakarta.mail.Session;

public class D01 {
  public static void main(String[] words) throws Exception {
    var store = Session.getInstance(Mailer.store("imaps", "FM_IMAPS")).getStore("imaps");
    store.connect(Mailer.USER, Mailer.CODE);
    store.getFolder("INBOX").open(Folder.READ_WRITE);
  }
}
