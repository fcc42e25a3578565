"""Between the desk and the engines: what a session shows, told to the person whose program failed.

`scene` reads a conversation as steps; `shapes` are the named things that can be seen in one;
`clients` recognises the program by its habits; `scenarios` are the known mistakes, each with cause
and fix; `replies` finds who says a text; `pasted` unwraps what a client made of it; `explain` puts
them together into an `Explanation`. All of it is pure functions over recorded sessions and data.
"""
