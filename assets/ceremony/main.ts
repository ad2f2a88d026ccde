// What scripts add to the signature's ceremony, which goes on without them: the end of each document is noticed, and a connection lost at
// the click is not left in doubt.
import { noticeEnds } from "./reading.ts";
import { signSurely } from "./signing.ts";

noticeEnds();
signSurely();
