package io.ikigai.platform.faults;

import io.ikigai.platform.testservers.NatsServer;
import io.ikigai.platform.testservers.TestServer;

/**
 * Mailboxes and topics on NATS.
 */
class NatsFaultsIntegrationTests extends BrokerFaults {

	NatsFaultsIntegrationTests() {
		super("mailboxes", Consumers.MAILBOX);
	}

	@Override
	TestServer startServer() {
		return NatsServer.onSmallDisk();
	}

	@Override
	String url(TestServer server) {
		return ((NatsServer) server).url();
	}

	@Override
	String[] properties(String url) {
		return new String[] { "ikigai.nats.url=" + url, "ikigai.services.mailboxes=nats",
				"ikigai.services.pubsub=nats" };
	}

	@Override
	void judge(Fleet fleet) throws Exception {
		Verdict.isGoodButForNews(fleet);
	}

}
