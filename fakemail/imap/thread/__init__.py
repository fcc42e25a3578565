"""THREAD (RFC 5256): what is known of each message (`post`), the two algorithms
(`ordered_subject`, `references`, with `ancestry`), and how a tree is written (`node`)."""
