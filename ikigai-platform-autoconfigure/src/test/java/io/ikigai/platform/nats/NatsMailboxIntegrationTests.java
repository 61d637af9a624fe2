package io.ikigai.platform.nats;

import java.util.UUID;

import io.ikigai.platform.Platform;
import io.ikigai.platform.mailbox.MailboxContractTests;
import io.ikigai.platform.mailbox.MailboxReplyContractTests;
import io.ikigai.platform.mailbox.UnreadableMessageContractTests;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsMessage;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The compatibility kit of mailboxes on one NATS server and on a cluster of three.
 */
@ParameterizedClass
@EnumSource(NatsKind.class)
class NatsMailboxIntegrationTests {

	private static NatsKind.Opened nats;

	private static NatsApplication application;

	private static NatsApplication other;

	@Parameter
	NatsKind kind;

	@BeforeParameterizedClassInvocation
	static void start(NatsKind kind) {
		nats = kind.open();
		PostgresDatabase database = PostgresServer.shared().freshDatabase();
		application = NatsApplication.start(database, nats.url(), nats.replicasProperty(),
				"spring.application.name=first");
		other = NatsApplication.start(database, nats.url(), nats.replicasProperty(), "spring.application.name=second");
	}

	@AfterParameterizedClassInvocation
	static void stop() throws Exception {
		other.close();
		application.close();
		nats.close();
	}

	@Nested
	class Messages extends MailboxContractTests {

		@Override
		protected boolean showsMessages() {
			return false;
		}

		@Override
		protected Platform platform() {
			return application.platform();
		}

		@Override
		protected Platform other() {
			return other.platform();
		}

	}

	@Nested
	class Replies extends MailboxReplyContractTests {

		@Override
		protected Platform platform() {
			return application.platform();
		}

		@Override
		protected Platform other() {
			return other.platform();
		}

	}

	@Nested
	class Unreadable extends UnreadableMessageContractTests {

		@Override
		protected boolean showsMessages() {
			return false;
		}

		@Override
		protected Platform platform() {
			return application.platform();
		}

		@Override
		protected Platform other() {
			return other.platform();
		}

		@Override
		protected void write(String mailbox, String headers) throws Exception {
			String travelling = "{\"id\":\"" + UUID.randomUUID() + "\",\"sender\":\"other\",\"headers\":" + headers
					+ "}";
			try (Connection connection = Nats.connect(nats.url())) {
				connection.jetStream()
					.publish(NatsMessage.builder()
						.subject("ikigai.mailbox." + SubjectName.tokenOf(mailbox))
						.headers(new Headers().add("Ikigai-Message", travelling))
						.data("\"unreadable\"")
						.build());
			}
		}

	}

}
