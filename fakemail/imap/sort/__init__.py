"""SORT (RFC 5256): what to sort by (`keys`), what a message counts as (`values`, `base_subject`,
`collation`), and the work itself (`order`)."""
