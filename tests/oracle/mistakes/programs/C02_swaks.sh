# swaks: the sender is not the account.
# needs: swaks
# at: 163
# shows: <~* 553 Mail from must equal authorized user
swaks --server "$FM_HOST" --port "$FM_SUBMISSIONS" --tlsc --auth LOGIN --auth-user "$FM_USER" \
  --auth-password "$FM_CODE" --from root@laptop.example --to "$FM_USER"
