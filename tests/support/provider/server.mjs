// An OpenID provider for the tests: on this machine, for one client, letting in whoever says who they are.
//
//   node server.mjs PORT CLIENT_ID CLIENT_SECRET REDIRECT_URI
//
// `role_<claim>_<locality>` signs in as somebody the provider itself names a role and a locality for.
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const [port, clientId, clientSecret, redirectUri] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;

const named = (id) => {
  const [kind, role, locality] = id.split('-');
  return kind === 'role' ? { safer_places_role: [role], safer_places_locality: [locality] } : {};
};

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: clientId,
      client_secret: clientSecret,
      redirect_uris: [redirectUri],
      post_logout_redirect_uris: [redirectUri],
    },
  ],
  claims: { openid: ['sub', 'groups', 'safer_places_role', 'safer_places_locality'] },
  conformIdTokenClaims: false,
  cookies: { keys: ['of the tests alone'] },
  features: {
    devInteractions: { enabled: false },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: async (ctx, form) => {
        ctx.body = `<!doctype html>${form}<button name="logout" value="yes" form="op.logoutForm">Yes</button>`;
      },
      postLogoutSuccessSource: async (ctx) => {
        ctx.body = '<!doctype html><p>Signed out at the provider</p>';
      },
    },
  },
  findAccount: async (ctx, id) => ({
    accountId: id,
    claims: async () => ({ sub: id, groups: ['safer_options_manager', 'manager'], ...named(id) }),
  }),
  loadExistingGrant: async (ctx) => {
    const grant = new ctx.oidc.provider.Grant({
      clientId: ctx.oidc.client.clientId,
      accountId: ctx.oidc.session.accountId,
    });
    grant.addOIDCScope('openid');
    await grant.save();
    return grant;
  },
  interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
  ttl: { AccessToken: 600, Grant: 3600, IdToken: 3600, Interaction: 600, Session: 3600 },
});

const usual = provider.callback();
const form = '<!doctype html><title>Provider</title><form method="post">'
  + '<label>Login <input name="login" autofocus></label><button>Go on</button></form>';

createServer(async (request, response) => {
  if (!request.url.startsWith('/interaction/')) {
    usual(request, response);
    return;
  }
  if (request.method === 'GET') {
    response.setHeader('content-type', 'text/html');
    response.end(form);
    return;
  }
  const parts = [];
  for await (const part of request) parts.push(part);
  const login = new URLSearchParams(Buffer.concat(parts).toString()).get('login');
  await provider.interactionFinished(request, response, { login: { accountId: login } });
}).listen(Number(port), '127.0.0.1', () => console.log('ready'));
