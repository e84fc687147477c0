/** Which variables of an environment look like keys of model providers. Names only. */

const keyName =
  /^[A-Z0-9_]*(ANTHROPIC|OPENAI|GEMINI|GOOGLE|OPENROUTER|MISTRAL|GROQ|XAI|DEEPSEEK|MOONSHOT|ZAI|DASHSCOPE|AZURE)[A-Z0-9_]*_(API_KEY|AUTH_TOKEN)$/;

export function providerKeyNames(env: NodeJS.ProcessEnv): string[] {
  return Object.keys(env)
    .filter((name) => keyName.test(name) && env[name] !== '')
    .sort();
}
