"""Floor 0, words: the catalogue of reasons for which fakemail refuses something."""
