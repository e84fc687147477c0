export function SearchPage() {
  return <main className="page" />;
}
