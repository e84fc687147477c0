/** The frame round every place. */
import { Outlet } from '@tanstack/react-router';
import { lazy, Suspense, useEffect } from 'react';
import { isApple } from '../parts/kbd.js';
import { Banners } from './banners.js';
import { BottomBar } from './bottom-bar.js';
import { useKeys } from './keys.js';
import { stopLive } from './live.js';
import { useIsPhone } from './media.js';
import { showOverlay, useOverlay } from './overlays.js';
import { Rail } from './rail.js';
import { SignIn } from './sign-in.js';
import { useSignedIn } from './signed-in.js';
import { StatusBar } from './status-bar.js';
import { TabStrip } from './tab-strip.js';
import { Tips } from './tips.js';
import { ToastList } from './toast-list.js';
import { useNotices } from './use-notices.js';
import { useTabKeys } from './use-tab-keys.js';

const Palette = lazy(() => import('../places/search/palette.js'));
const Help = lazy(() => import('./help.js'));

export function Shell() {
  const signedIn = useSignedIn();
  const isPhone = useIsPhone();
  const overlay = useOverlay();
  useKeys({
    'mod+k': () => showOverlay(overlay === 'palette' ? null : 'palette'),
    '?': () => showOverlay('help'),
  });
  useTabKeys();
  useNotices();
  useEffect(() => {
    if (!signedIn) stopLive();
  }, [signedIn]);
  if (!signedIn) return <SignIn />;
  return (
    <div className={isPhone ? 'app phone' : 'app'} data-apple={isApple || undefined}>
      {isPhone ? null : <Rail />}
      {isPhone ? null : <TabStrip />}
      <Banners />
      <Outlet />
      {isPhone ? <BottomBar /> : <StatusBar />}
      <Suspense>{overlay === 'palette' ? <Palette /> : overlay === 'help' ? <Help /> : null}</Suspense>
      <ToastList />
      <Tips />
    </div>
  );
}
