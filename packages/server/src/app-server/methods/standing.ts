/** What clients ask at their start: how things stand here. What taffrail does not have is answered with nothing. */
import { resolve } from 'node:path';
import { demoModel } from '../../runner/settings.js';
import { version } from '../../version.js';
import type { AppServer } from '../app-server.js';
import { anyParams, paramsSchemas } from '../wire/params.js';
import type { ResultOf } from '../wire/results.js';
import { type Method, method, standing } from './contract.js';

const noData = (): { data: never[] } => ({ data: [] });
const noPages = (): { data: never[]; nextCursor: null } => ({ data: [], nextCursor: null });

export const standingMethods: Record<string, Method> = {
  initialize: method('initialize', paramsSchemas.initialize, async (params, { server, connection }) => {
    connection.initialize({
      experimental: params.capabilities?.experimentalApi ?? false,
      muted: params.capabilities?.optOutNotificationMethods ?? [],
    });
    return { result: introduction(server, params.clientInfo) };
  }),
  'account/read': standing('account/read', anyParams, () => ({ account: null, requiresOpenaiAuth: false })),
  'account/rateLimits/read': standing('account/rateLimits/read', anyParams, () => ({
    rateLimits: { primary: null, secondary: null },
  })),
  'account/bedrock/checkGovCloudRequirements': standing('account/bedrock/checkGovCloudRequirements', anyParams, () => ({
    isGovCloud: false,
    shouldWarn: false,
  })),
  'model/list': standing('model/list', anyParams, ({ server }) => models(server)),
  'modelProvider/capabilities/read': standing('modelProvider/capabilities/read', anyParams, () => ({
    imageGeneration: false,
    webSearch: false,
  })),
  'config/read': method('config/read', paramsSchemas['config/read'], async ({ cwd }, { server }) => ({
    result: configuration(server, cwd ?? '.'),
  })),
  'configRequirements/read': {
    ...standing('configRequirements/read', anyParams, () => ({ requirements: null })),
    needsParams: false,
  },
  'skills/list': standing('skills/list', anyParams, noData),
  'hooks/list': standing('hooks/list', anyParams, noData),
  'collaborationMode/list': standing('collaborationMode/list', anyParams, noData),
  'thread/backgroundTerminals/list': standing('thread/backgroundTerminals/list', anyParams, noPages),
  'thread/goal/get': standing('thread/goal/get', anyParams, () => ({ goal: null })),
  'mcpServerStatus/list': standing('mcpServerStatus/list', anyParams, noPages),
  'experimentalFeature/list': standing('experimentalFeature/list', anyParams, noPages),
  'permissionProfile/list': standing('permissionProfile/list', anyParams, noPages),
  'app/list': standing('app/list', anyParams, noPages),
  'threadSection/list': standing('threadSection/list', anyParams, noPages),
};

function introduction({ parts }: AppServer, client: { name: string; version: string }): ResultOf<'initialize'> {
  return {
    userAgent: `taffrail/${version} (${process.platform}; ${process.arch}) ${client.name}/${client.version}`,
    // Where what is told here is kept; there is no Codex home behind it.
    codexHome: parts.dataDir,
    platformFamily: process.platform === 'win32' ? 'windows' : 'unix',
    platformOs: platforms[process.platform] ?? process.platform,
  };
}

const platforms: Partial<Record<NodeJS.Platform, string>> = { darwin: 'macos', win32: 'windows' };

function usualModel({ settings }: AppServer['parts']): { id: string; keyId: string } {
  const { keyId, model } = settings().agent(undefined).models[0] ?? demoModel;
  return { id: `${keyId}/${model}`, keyId };
}

function models({ parts }: AppServer): ResultOf<'model/list'> {
  const usual = usualModel(parts).id;
  const efforts = ['minimal', 'low', 'medium', 'high'];
  const data = parts
    .settings()
    .models()
    .map(({ keyId, model }) => ({
      id: `${keyId}/${model}`,
      model: `${keyId}/${model}`,
      upgrade: null,
      upgradeInfo: null,
      availabilityNux: null,
      displayName: `${keyId}/${model}`,
      description: `${model}, with the key ${keyId}`,
      hidden: false as const,
      supportedReasoningEfforts: efforts.map((effort) => ({ reasoningEffort: effort, description: effort })),
      defaultReasoningEffort: 'medium',
      inputModalities: ['text' as const, 'image' as const],
      supportsPersonality: false as const,
      additionalSpeedTiers: [],
      isDefault: `${keyId}/${model}` === usual,
    }));
  return { data, nextCursor: null };
}

/**
 * Clients ask their user whether a folder may be trusted where the configuration does not say so, and would write the
 * answer here. What an agent may do in a folder is said by its permissions alone, so every folder is one to ask in.
 */
function configuration({ parts }: AppServer, cwd: string): ResultOf<'config/read'> {
  const { id, keyId } = usualModel(parts);
  return {
    config: {
      model: id,
      model_provider: keyId,
      approval_policy: 'on-request',
      sandbox_mode: 'danger-full-access',
      projects: { [resolve(parts.cwd, cwd)]: { trust_level: 'trusted' } },
    },
    origins: {},
    layers: [],
  };
}
