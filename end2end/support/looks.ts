// In what one sees the shop: two themes, on a phone and on a desktop.
const windows = { phone: { width: 360, height: 740 }, desktop: { width: 1280, height: 800 } };

export const looks = (['light', 'dark'] as const).flatMap((colorScheme) =>
  Object.entries(windows).map(([device, viewport]) => ({ name: `${colorScheme}-${device}`, use: { colorScheme, viewport } })),
);
