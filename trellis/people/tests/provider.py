"""A small OpenID Connect provider: an HTTP server in a thread, with its own keys, that signs what it is told to."""

import base64
import hashlib
import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

KEY, OTHER_KEY = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))


class Provider:
    """``person`` is who sits before its sign-in page; ``says`` changes the claims of the next tokens, ``sign`` how they
    are signed, ``describes`` its description. ``asked`` holds what each visit to its sign-in page asked."""

    def __init__(self, url):
        self.url = url
        self.person = "subject-of-sam"
        self.says, self.describes, self.asked, self.codes = {}, {}, [], {}
        self.sign = lambda claims: jwt.encode(claims, KEY, "RS256", {"kid": "one"})
        self.is_down = False

    def description(self):
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        } | self.describes

    def keys(self):
        return {"keys": [RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True) | {"kid": "one", "use": "sig"}]}

    def authorize(self, asked):
        """The person signs in there; the browser is sent back with a code."""
        self.asked.append(asked)
        code = f"code-{len(self.asked)}"
        self.codes[code] = (asked, self.person)
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, posted):
        """An ID token for a code, once, and only for whoever holds what the code was asked with."""
        asked, person = self.codes.pop(posted["code"])
        challenge = base64.urlsafe_b64encode(hashlib.sha256(posted["code_verifier"].encode()).digest()).rstrip(b"=")
        assert (asked["code_challenge_method"], asked["code_challenge"]) == ("S256", challenge.decode())
        assert (posted["client_secret"], posted["redirect_uri"]) == ("a secret", asked["redirect_uri"])
        now = int(time.time())
        claims = {"iss": self.url, "sub": person, "aud": asked["client_id"], "iat": now, "exp": now + 300}
        claims |= {"nonce": asked["nonce"]} | ({"auth_time": now} if "max_age" in asked else {}) | self.says
        claims = {name: value for name, value in claims.items() if value is not None}
        return {"access_token": "for nothing", "token_type": "Bearer", "id_token": self.sign(claims)}


def visit(address):
    """The browser at the provider: the path and query that it is sent back to."""
    asked = dict(parse_qsl(urlsplit(address).query))
    sent = requests.get(address, allow_redirects=False, timeout=5)
    back = urlsplit(sent.headers["Location"])
    assert parse_qs(back.query)["state"] == [asked["state"]]
    return f"{back.path}?{back.query}"


@contextmanager
def running():
    class Answers(BaseHTTPRequestHandler):
        def do_GET(self):
            parts = urlsplit(self.path)
            if provider.is_down:
                return self.send_error(503)
            if parts.path == "/authorize":
                self.send_response(302)
                self.send_header("Location", provider.authorize(dict(parse_qsl(parts.query))))
                return self.end_headers()
            described = {"/.well-known/openid-configuration": provider.description, "/keys": provider.keys}
            return self.say(described[parts.path]())

        def do_POST(self):
            posted = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
            return self.send_error(503) if provider.is_down else self.say(provider.token(posted))

        def say(self, what):
            body = json.dumps(what).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    provider = Provider(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
