# By hand, as with telnet: a command without a tag.
# needs: curl
# at: generic
# shows: select BAD Error in IMAP command INBOX: Unknown command.
printf 'select inbox\r\nC logout\r\n' | curl -s -m 10 "telnet://$FM_HOST:$FM_IMAP"
