"""Floor 6, faces: the words test suites use.

``with fakemail.run() as mail:`` and the fixtures of ``fakemail.pytest_plugin`` hand out the same
`mail.Mail`: addresses and ports, what arrived, waiting for it, and what was said.
"""
