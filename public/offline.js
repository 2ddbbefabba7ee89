// Shows the offline page in the place of a page that can not be loaded. It answers nothing but that: what is sent, and
// every answer of the shop, goes past it untouched. Its query names the language to say it in.
const CACHE = 'once-offline';
const PAGE = '/offline';
const LOOKS = ['/pkg/once.css', '/favicon.svg'];

async function keep() {
  const cache = await caches.open(CACHE);
  // Nobody's page: without cookies it shows no cart and no name.
  const headers = { 'Accept-Language': location.search.slice(1) };
  await cache.addAll([new Request(PAGE, { credentials: 'omit', cache: 'reload', headers }), ...LOOKS]);
  await self.skipWaiting();
}

async function kept(path) {
  const cache = await caches.open(CACHE);
  return (await cache.match(path, { ignoreVary: true })) ?? Response.error();
}

async function begin() {
  await self.registration.navigationPreload?.enable();
  await self.clients.claim();
}

async function load({ request, preloadResponse }) {
  try {
    return (await preloadResponse) ?? (await fetch(request));
  } catch {
    return kept(request.mode === 'navigate' ? PAGE : new URL(request.url).pathname);
  }
}

addEventListener('install', (event) => event.waitUntil(keep()));
addEventListener('activate', (event) => event.waitUntil(begin()));
addEventListener('fetch', (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  const look = origin === location.origin && LOOKS.includes(pathname);
  if (method === 'GET' && (mode === 'navigate' || look)) event.respondWith(load(event));
});
