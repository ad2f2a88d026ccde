// WebAuthn's JSON (level 3, section 5.1) both ways, for browsers that do not read and write it themselves.

type Json = Record<string, unknown>;

function bytes(text: unknown): ArrayBuffer {
  const plain = atob(String(text).replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0)).buffer;
}

function text(buffer: ArrayBuffer): string {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

const keys = (list: unknown): PublicKeyCredentialDescriptor[] =>
  ((list as Json[] | undefined) ?? []).map((one) => ({ type: "public-key", id: bytes(one.id) }));

/** What `navigator.credentials.create` takes, from the server's JSON. */
export function askedToCreate(given: unknown): PublicKeyCredentialCreationOptions {
  const asked = given as Json & { user: Json };
  const options = { ...asked, challenge: bytes(asked.challenge), user: { ...asked.user, id: bytes(asked.user.id) } };
  return { ...options, excludeCredentials: keys(asked.excludeCredentials) } as unknown as PublicKeyCredentialCreationOptions;
}

/** What `navigator.credentials.get` takes. */
export function askedToProve(given: unknown): PublicKeyCredentialRequestOptions {
  const asked = given as Json;
  return { ...asked, challenge: bytes(asked.challenge), allowCredentials: keys(asked.allowCredentials) } as PublicKeyCredentialRequestOptions;
}

/** A key's answer in JSON, new key or proof. */
export function answerOf(key: PublicKeyCredential): Json {
  const told = key.response;
  const response: Json = { clientDataJSON: text(told.clientDataJSON) };
  if (told instanceof AuthenticatorAttestationResponse) response.attestationObject = text(told.attestationObject);
  if (told instanceof AuthenticatorAssertionResponse) {
    response.authenticatorData = text(told.authenticatorData);
    response.signature = text(told.signature);
    if (told.userHandle) response.userHandle = text(told.userHandle);
  }
  return { id: key.id, rawId: text(key.rawId), type: key.type, clientExtensionResults: {}, response };
}
