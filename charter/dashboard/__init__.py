"""« Où en est-on, qui attend quoi de qui, que dois-je faire ? » across every stage."""
