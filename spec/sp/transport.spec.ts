import { openNanomsgTransport } from '../../lib/sp/nanomsg.js';
import { nativeTransport } from '../../lib/sp/native.js';
import { describeWith } from '../helpers/toolchains.js';
import { type Side, transportContract } from '../helpers/transport-contract.js';

const native: Side = {
  open: async () => nativeTransport,
  manyPeers: true,
  halfClose: true,
  peerClose: true,
  pause: true,
};
const nanomsg: Side = {
  open: () => openNanomsgTransport(),
  manyPeers: false,
  halfClose: false,
  peerClose: false,
  pause: true,
};

transportContract('the native transport', { pull: native, push: native });

describeWith('nanomsg', 'the nanomsg transport', () => {
  transportContract('with itself', { pull: nanomsg, push: nanomsg });
  transportContract('as PUSH, with the native one', { pull: native, push: nanomsg });
  transportContract('as PULL, with the native one', { pull: nanomsg, push: native });
});
