/** Light, dark, or as the system says. Kept in this browser. */
import { setTheme, type Theme, useTheme } from '../../app/theme.js';
import { Segmented } from '../../parts/segmented.js';

const options: { value: Theme; label: string }[] = [
  { value: 'system', label: 'As the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
];

export function ThemeSection() {
  const theme = useTheme();
  return (
    <section id="theme" className="set-sec">
      <h2>Theme</h2>
      <p>Kept in this browser.</p>
      <Segmented label="Theme" value={theme} options={options} onChange={setTheme} />
    </section>
  );
}
