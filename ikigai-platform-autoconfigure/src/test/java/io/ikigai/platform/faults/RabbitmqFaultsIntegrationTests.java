package io.ikigai.platform.faults;

import io.ikigai.platform.testservers.RabbitmqServer;
import io.ikigai.platform.testservers.TestServer;

/**
 * Queues on RabbitMQ, tracked, for the second message of an untracked task is handed out
 * too.
 */
class RabbitmqFaultsIntegrationTests extends BrokerFaults {

	RabbitmqFaultsIntegrationTests() {
		super("queues", Consumers.LEASED);
	}

	@Override
	TestServer startServer() {
		return RabbitmqServer.onSmallDisk();
	}

	@Override
	String url(TestServer server) {
		return ((RabbitmqServer) server).url();
	}

	@Override
	String[] properties(String url) {
		return new String[] { "ikigai.rabbitmq.url=" + url, "ikigai.rabbitmq.tracking=true",
				"ikigai.services.queues=rabbitmq" };
	}

	@Override
	void judge(Fleet fleet) throws Exception {
		Verdict.isGood(fleet);
	}

}
