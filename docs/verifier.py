"""Vérifie un dossier de preuve sans le service qui l’a établi : Python 3.11, openssl et pdfdetach (poppler-utils), rien d’autre.
Usage : python3 verifier.py [DOSSIER] [RACINE.pem]     (sinon : le dossier courant, et le fichier autorite.pem qui s’y trouve)"""
import base64, functools, hashlib, json, re, subprocess, sys, tempfile
from datetime import UTC, datetime
from pathlib import Path
HERE, TMP, failed = Path(sys.argv[1] if len(sys.argv) > 1 else "."), Path(tempfile.mkdtemp()), []
ROOT, TSA = Path(sys.argv[2]) if len(sys.argv) > 2 else HERE / "autorite.pem", [*HERE.glob("horodatage.pem")]
def say(holds, words): print("OK  " if holds else "NON ", words, flush=True); failed.extend([] if holds else [words])
def sha(data): return hashlib.sha256(data).hexdigest()
def canon(value): return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()  # RFC 8785, sans réels
def keep(name, data): (TMP / name).write_bytes(data); return TMP / name
def run(*command): return subprocess.run([*map(str, command)], capture_output=True).returncode == 0
def der(data):  # les éléments d’une suite DER : étiquette, tout, contenu
    while data:
        long = data[1] & 127 if data[1] & 128 else 0
        end = 2 + long + (int.from_bytes(data[2 : 2 + long], "big") if long else data[1])
        yield data[0], data[:end], data[2 + long : end]
        data = data[end:]
def inside(data, *places): return functools.reduce(lambda found, place: list(der(found))[place][2], places, data)
def attached(pdf, name):  # le fichier que le PDF porte sous ce nom
    return (TMP / "joint").read_bytes() if run("pdfdetach", "-savefile", name, "-o", keep("joint", b""), keep("pdf", pdf)) else b""
def seals(pdf):  # chaque signature : jusqu’où elle couvre le fichier, son message CMS, son jeton d’horodatage, son heure, si elle tient
    for a, b, c in (map(int, one) for one in re.findall(rb"/ByteRange\s*\[\s*0\s+(\d+)\s+(\d+)\s+(\d+)\s*\]", pdf)):
        cms, text = next(der(bytes.fromhex(pdf[a + 1 : b - 1].decode())))[1], keep("texte", pdf[:a] + pdf[b : b + c])
        parts = list(der(inside(cms, 0, 1, 0)))  # SignedData (RFC 5652) ; l’horodatage du fichier entier est lui-même un jeton (RFC 3161)
        signer = {} if b"\x09\x10\x01\x04" in parts[2][1] else {tag: value for tag, _, value in der(inside(parts[-1][2], 0))}
        token = next(inside(one, 1) for _, _, one in der(signer[0xA1]) if b"\x09\x10\x02\x0e" in one[:15]) if signer else cms
        at = datetime.strptime(re.search(rb"\x18.(\d{14})", token, re.S)[1].decode(), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        when, data = (["-attime", int(at.timestamp())], keep("valeur", signer[4])) if signer else ([], text)
        holds = run("openssl", "ts", "-verify", "-data", data, "-in", keep("jeton", token), "-token_in", "-CAfile", *(TSA or [ROOT]), *when)
        order = ["openssl", "cms", "-verify", "-binary", "-cades", "-inform", "DER", "-purpose", "any", "-CAfile", ROOT, "-content", text]
        yield b + c, cms, token, f"{at:%Y-%m-%dT%H:%M:%SZ}", holds and (not signer or run(*order, *when, "-in", keep("cms", cms)))
def check(told):
    files = {name: (HERE / name).read_bytes() for name in ("preuve.pdf", *(one["name"] for one in told["files"]))}
    own, lines, last = list(seals(files["preuve.pdf"])), [*map(json.loads, files["journal.jsonl"].splitlines())], "0" * 64
    say(own and all(one[4] for one in own) and own[-1][0] == len(files["preuve.pdf"]), "preuve.pdf est certifié, horodaté, et entier")
    say(attached(files["preuve.pdf"], "preuve.json") == canon(told), "preuve.json est celui que preuve.pdf porte")
    for one in told["files"]: say(sha(files[one["name"]][: one["size"]]) == one["sha256"], f"{one['name']} a l’empreinte annoncée")
    for name, revisions, pdf in ((one["name"], one["revisions"], files[one["name"]]) for one in told["documents"]):
        found, ends = {sha(one[1]): one for one in seals(pdf)}, [one[0] for one in seals(pdf)]
        say(all(one[4] for one in found.values()) and max(ends) == len(pdf), f"{name} : {len(ends)} signatures et horodatages, valables")
        for one in revisions:
            seal, pem = found.get(one["message"]["sha256"], [b""] * 5), base64.b64decode(one["certificate"]["pem"].split("-----")[2])
            same = tuple(seal[2:4]) == (base64.b64decode(one["token"]["der_base64"]), one["timestamp"]) and pem in seal[1]
            say(same and sha(pdf[: one["size"]]) == one["sha256"], f"{name} : {one['signed_by'] or 'le service'}, {one['timestamp']} (UTC)")
    pdf = files[told["charter"]["file"]]
    then, now = (json.loads(attached(part, "charte-articles.json"))["articles"] for part in (pdf[: min(one[0] for one in seals(pdf))], pdf))
    for one, words in zip(told["charter"]["articles"], now, strict=True):
        digest, said = sha(canon({"title": words["title"], "content": words["content"]})), one["consents"]
        heard = [(line.get("party"), line.get("sha256")) for line in (lines[each["journal_line"] - 1]["payload"] for each in said)]
        same = {one["sha256"], *(each["sha256"] for each in said)} == {digest} and heard == [(each["party_ref"], digest) for each in said]
        say(then == now and same, one["sentence"])
    for line in lines:
        body = {key: line[key] for key in line if key != "hash"}
        last = line["hash"] if line["previous"] == last and sha(canon(body)) == line["hash"] else "rompue"
    say(last == told["journal"]["head"] and all(one in lines for one in told["journal"]["extract"]), f"journal : {len(lines)} lignes")
try: check(json.loads((HERE / "preuve.json").read_bytes()))
except Exception as error: say(False, f"dossier incomplet ou illisible : {error!r}")
print("Racine, à comparer avec celle des autres parties :", sha(base64.b64decode(ROOT.read_text().split("-----")[2])))
sys.exit(print(f"{len(failed)} vérification(s) en échec." if failed else "Tout tient.") or min(len(failed), 1))
