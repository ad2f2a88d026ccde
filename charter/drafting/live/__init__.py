"""Live editing: one WebSocket a text, one Yjs document an article, relayed at once and acknowledged once stored.

protocol tokens notices     what travels: frames, the signed way in, messages between processes
rights allowance            what those connected may still do; how much one connection may send
nesting                     what is refused before the Yjs library reads it
schema canonical            what an article may hold, and the canonical text that consents and signatures bind to
alignment retyping reconcile  the least edits that make an article hold given words
models store among content   what is stored, and how many rows are asked for at once; `content` is what the services of drafting call
document article room rooms looking  a document in memory, its readers, a text, every text of this process, and the look at them all
writer                      group commit and acknowledgements
ownership pipe              one owner process a text
server client               the ASGI application; a Python client of the same protocol
"""
