"""python3 verifier.py [DOSSIER] [RACINE.pem] [PRESTATAIRE.pem] : vérifie un dossier de preuve par openssl et pdfdetach, sans le service."""
import base64, datetime, functools, hashlib, json, pathlib, re, subprocess, sys, tempfile
HERE, SCRATCH, answers = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "."), tempfile.TemporaryDirectory(), []
ROOT, THEIRS = (pathlib.Path([*sys.argv, "", "", ""][at] or HERE / name) for at, name in ((2, "autorite.pem"), (3, "prestataire.pem")))
def say(holds, words): answers.append("?   " if holds is None else "OK  " if holds else "NON "); print(answers[-1], words, flush=True)
def sha(data): return hashlib.sha256(data).hexdigest()
def canon(value): return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()  # RFC 8785, sans réels
def keep(name, data): path = pathlib.Path(SCRATCH.name, name); path.write_bytes(data); return path  # s’efface en sortant
def run(order, *more): return subprocess.run([*order.split(), *map(str, more)], capture_output=True).returncode == 0
def der(data):  # les éléments d’une suite DER : étiquette, tout, contenu
    while data:
        long = max(data[1] - 128, 0); end = 2 + long + int.from_bytes(data[2 : 2 + long] or data[1:2], "big")
        yield data[0], data[:end], data[2 + long : end]; data = data[end:]
def inside(data, *places): return functools.reduce(lambda found, place: list(der(found))[place][2], places, data)
def attached(pdf, name): return run("pdfdetach -savefile", name, "-o", out := keep("joint", b""), keep("pdf", pdf)) and out.read_bytes()
def seals(pdf, there):  # chaque signature : jusqu’où elle couvre le fichier, son message CMS, son jeton, son heure, si elle tient
    root, tsa, more = (THEIRS, THEIRS, ["-partial_chain"]) if there else (ROOT, [*HERE.glob("horodatage.pem"), ROOT][0], [])
    for a, b, c in (map(int, one) for one in re.findall(rb"/ByteRange\s*\[\s*0\s+(\d+)\s+(\d+)\s+(\d+)\s*\]", pdf)):
        cms, text = next(der(bytes.fromhex(pdf[a + 1 : b - 1].decode())))[1], keep("texte", pdf[:a] + pdf[b : b + c])
        parts = list(der(inside(cms, 0, 1, 0)))  # SignedData (RFC 5652) ; l’horodatage du fichier entier est lui-même un jeton (RFC 3161)
        signer = {} if b"\x09\x10\x01\x04" in parts[2][1] else {tag: value for tag, _, value in der(inside(parts[-1][2], 0))}
        own = [inside(one, 1) for _, _, one in der(signer.get(0xA1, b"")) if b"\x09\x10\x02\x0e" in one[:15]] if signer else [cms]
        at = own and datetime.datetime.strptime(re.search(rb"\x18.(\d{14})", own[0], re.S)[1].decode() + "Z", "%Y%m%d%H%M%S%z")
        when = (["-attime", int(at.timestamp())] if signer or b + c < len(pdf) else []) if own else ["-no_check_time"]
        order = "-data", keep("valeur", signer[4]) if signer else text, "-untrusted", HERE / "certificats.pem", "-CAfile", tsa, *more, *when
        holds = all(run("openssl ts -verify -token_in -in", keep("jeton", one), *order) for one in own) and (own or there)
        order = "-content", text, "-certfile", HERE / "certificats.pem", "-CAfile", root, *(more or ["-cades"]), *when
        holds = holds and (not signer or run("openssl cms -verify -binary -inform DER -purpose any -in", keep("cms", cms), *order))
        yield b + c, cms, b"".join(own[:1]), f"{at:%Y-%m-%dT%H:%M:%SZ}" if own else "", holds
def check(told, there):
    files = {name: (HERE / name).read_bytes() for name in ("preuve.pdf", *(one["name"] for one in told["files"]))}
    own, lines, last = list(seals(files["preuve.pdf"], {})), [*map(json.loads, files["journal.jsonl"].splitlines())], "0" * 64
    say(own and all(one[4] for one in own) and own[-1][0] == len(files["preuve.pdf"]), "preuve.pdf est certifié, horodaté, et entier")
    say(attached(files["preuve.pdf"], "preuve.json") == canon(told), "preuve.json est celui que preuve.pdf porte")
    for one in told["files"]: say(sha(files[one["name"]][: one["size"]]) == one["sha256"], f"{one['name']} a l’empreinte annoncée")
    chain = "-no_check_time", "-CAfile", ROOT, "-untrusted", HERE / "certificats.pem", *(f"-CRLfile={one}" for one in HERE.glob("*/*.crl"))
    for name, d, pdf, every in ((d["name"], d, files[d["name"]], [*seals(files[d["name"]], there)]) for d in told["documents"]):
        say(len(pdf) == (d["size"] if there else max(every)[0]) and all(one[4] for one in every), f"{name} : {len(every)} signatures")
        if "same_pages" not in str(there): say(sha(pdf[: d["original_size"]]) == d["original_sha256"], f"{name} prolonge le document lu")
        for one in d["revisions"]:
            _, cms, *stamp, holds = {sha(seal[1]): seal for seal in every}.get(one["message"]["sha256"], [b""] * 5)
            cert, who = base64.b64decode(one["certificate"]["pem"].split("-----")[2]), one["signed_by"]
            holds = holds and cert in cms and (there or (hashlib.sha256(cert).digest() in cms and who.encode()[:60] in cert))
            same = stamp == ([base64.b64decode(one["token"]["der_base64"]), one["timestamp"]] if one["token"] else [b"", ""])
            say(holds and same and sha(pdf[: one["size"]]) == one["sha256"], f"{name} : {who or 'autre signature'}, {one['timestamp']}")
            if who and not there: say(run("openssl verify -crl_check_all", *chain, keep("cert", cert)), f"{name} : {who}, sans révocation")
    pdf = files[told["charter"]["file"]]
    then, now = (json.loads(attached(pdf[:end], "charte-articles.json"))["articles"] for end in (min(seals(pdf, there))[0], None))
    for one, words in zip(told["charter"]["articles"], now, strict=True):
        digest, said = sha(canon({"title": words["title"], "content": words["content"]})), one["consents"]
        heard = all({"party": it["party_ref"], "sha256": digest}.items() <= lines[it["journal_line"] - 1]["payload"].items() for it in said)
        say(then == now and heard and {one["sha256"], *(it["sha256"] for it in said)} == {digest}, one["sentence"])
    for one in lines: last = one["previous"] == last and sha(canon({k: one[k] for k in one if k != "hash"})) == one["hash"] and one["hash"]
    say(last == told["journal"]["head"] and all(one in lines for one in told["journal"]["extract"]), f"journal : {len(lines)} lignes")
    for words in there.get("unchecked", []): say(None, words)
try: check(told := json.loads((HERE / "preuve.json").read_bytes()), told.get("provider", {}))
except Exception as error: say(False, f"dossier incomplet ou illisible : {error!r}")
for one in (ROOT, THEIRS)[: 1 + THEIRS.exists()]: print("À comparer :", one.name, sha(base64.b64decode(one.read_text().split("-----")[2])))
bad, rest = answers.count("NON "), answers.count("?   ")
sys.exit(print(f"{bad} vérification(s) en échec." if bad else f"Hors « ? » ({rest}), tout tient" if rest else "Tout tient.") or min(bad, 1))
