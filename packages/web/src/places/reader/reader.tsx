export function ReaderPlace() {
  return <main className="page" />;
}
