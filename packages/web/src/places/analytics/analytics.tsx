export function Analytics() {
  return <main className="page" />;
}
