package io.ikigai.platform.listener;

import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

import io.ikigai.platform.mailbox.ListenedMailbox;
import io.ikigai.platform.mailbox.MailboxMessage;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.validation.Validator;

/**
 * Makes the containers of {@code @MailboxListener} methods. The bean
 * {@code ikigaiMailboxListenerContainerFactory} serves the listeners that name no other
 * one.
 */
public class MailboxListenerContainerFactory extends ListenerContainerFactory {

	/** The name of the bean that serves listeners which name no other one. */
	public static final String DEFAULT_BEAN_NAME = "ikigaiMailboxListenerContainerFactory";

	private final Function<String, ListenedMailbox> mailboxes;

	private final MailboxListenerSettings settings;

	/**
	 * Creates a factory.
	 * @param mailboxes the mailboxes by their names
	 * @param transactionManager the transaction manager of the platform
	 * @param settings what listeners use where their annotation says nothing
	 * @param validator for payloads with {@code @Valid}, if there is one
	 */
	public MailboxListenerContainerFactory(Function<String, ListenedMailbox> mailboxes,
			PlatformTransactionManager transactionManager, MailboxListenerSettings settings,
			@Nullable Validator validator) {
		super(transactionManager, validator);
		this.mailboxes = mailboxes;
		this.settings = settings;
	}

	/**
	 * Returns what listeners use where their annotation says nothing.
	 * @return the settings
	 */
	public MailboxListenerSettings settings() {
		return this.settings;
	}

	/**
	 * Adds a listener. It is not started: whoever adds it starts it, and takes it away
	 * with {@link ListenerRegistry#remove}. What ends the application stops it, too.
	 * @param listener the listener
	 * @param registry the application's listeners
	 * @return its container
	 * @throws InvalidListenerException if there can be no such listener, one has the same
	 * id, or one listens to this mailbox already
	 */
	public ListenerContainer add(AddedMailboxListener listener, ListenerRegistry registry) {
		MailboxEndpoint endpoint = new MailboxEndpoint(AddedHandlers.endpoint(listener), listener.retry(), null);
		MailboxEndpoints.check(endpoint.listener(), registry);
		return registry.register(endpoint.listener(), (threads) -> create(endpoint, threads));
	}

	MailboxListenerContainer create(MailboxEndpoint endpoint, ListenerThreads threads) {
		ListenerEndpoint listener = endpoint.listener();
		Handling handling = handling(listener, MailboxMessage.class, false, null, threads);
		LongAdder droppedReplies = new LongAdder();
		return new MailboxListenerContainer(endpoint,
				new MailboxSource(listener.open(this.mailboxes), endpoint, handling, droppedReplies), droppedReplies,
				this.settings.container(), threads);
	}

}
