package io.ikigai.platform.stream;

import java.nio.channels.ClosedByInterruptException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.retry.RetryException;
import org.springframework.core.retry.RetryTemplate;
import org.springframework.integration.IntegrationMessageHeaderAccessor;
import org.springframework.integration.core.RecoveryCallback;
import org.springframework.integration.support.ErrorMessageUtils;
import org.springframework.integration.support.MessageBuilder;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessagingException;

/**
 * Hands messages to a binding's channel, tries again what fails, and tells the error
 * channel what stays failed.
 */
final class Delivery {

	private static final Log logger = LogFactory.getLog(Delivery.class);

	private final Consumer<Message<?>> channel;

	private final @Nullable RetryTemplate retry;

	private final RecoveryCallback<?> errorChannel;

	/**
	 * Creates the delivery.
	 * @param channel takes messages
	 * @param retry tries again, if anything does
	 * @param errorChannel is told what stays failed; throws if nobody has dealt with it
	 */
	Delivery(Consumer<Message<?>> channel, @Nullable RetryTemplate retry, RecoveryCallback<?> errorChannel) {
		this.channel = channel;
		this.retry = retry;
		this.errorChannel = errorChannel;
	}

	/**
	 * Hands a message over.
	 * @param message the message
	 * @throws Exception what its handler threw, if nobody at the error channel has dealt
	 * with it
	 */
	void deliver(Message<?> message) throws Exception {
		Throwable failure = (this.retry != null) ? tryRepeatedly(this.retry, message) : tryOnce(message);
		if (failure == null) {
			return;
		}
		if (interrupted(failure)) {
			// The listener stops: what it was at is given back, and has not failed
			rethrow(failure);
		}
		try {
			tell(message, failure);
		}
		catch (MessagingException ex) {
			rethrow(failure);
		}
	}

	/**
	 * Hands a message over once, and tells nobody of a failure.
	 * @param message the message
	 * @throws Exception what its handler threw
	 */
	void attempt(Message<?> message) throws Exception {
		Throwable failure = tryOnce(message);
		if (failure != null) {
			rethrow(failure);
		}
	}

	private @Nullable Throwable tryOnce(Message<?> message) {
		try {
			this.channel.accept(message);
			return null;
		}
		catch (RuntimeException | Error ex) {
			return ex;
		}
	}

	private @Nullable Throwable tryRepeatedly(RetryTemplate retry, Message<?> message) {
		AtomicInteger attempts = new AtomicInteger();
		Message<?> counted = MessageBuilder.fromMessage(message)
			.setHeader(IntegrationMessageHeaderAccessor.DELIVERY_ATTEMPT, attempts)
			.build();
		AtomicReference<@Nullable Throwable> interruption = new AtomicReference<>();
		try {
			retry.execute(() -> {
				attempts.incrementAndGet();
				Throwable failure = tryOnce(counted);
				if (failure != null && !interrupted(failure)) {
					throw failure;
				}
				interruption.set(failure);
				return attempts;
			});
			return interruption.get();
		}
		catch (RetryException ex) {
			return (Thread.currentThread().isInterrupted()) ? new InterruptedException() : ex.getCause();
		}
	}

	/**
	 * Tells the error channel.
	 * @param message what failed
	 * @param failure why
	 * @throws MessagingException if nobody there has dealt with it
	 */
	void tell(Message<?> message, Throwable failure) {
		this.errorChannel.recover(ErrorMessageUtils.getAttributeAccessor(message, message), failure);
	}

	/**
	 * Tells the error channel of what is given up whatever anybody there does.
	 * @param message what failed
	 * @param failure why
	 */
	void tellInVain(Message<?> message, Throwable failure) {
		try {
			tell(message, failure);
		}
		catch (MessagingException ex) {
			logger.debug("Nobody at the error channel has dealt with it", ex);
		}
	}

	private static boolean interrupted(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof InterruptedException || cause instanceof ClosedByInterruptException) {
				return true;
			}
		}
		return Thread.currentThread().isInterrupted();
	}

	/**
	 * Returns what a handler threw.
	 * @param failure what came out of the channel
	 * @return without what channels wrap it in
	 */
	static Throwable unwrap(Throwable failure) {
		Throwable cause = failure.getCause();
		return (failure instanceof MessagingException && cause != null) ? unwrap(cause) : failure;
	}

	private static void rethrow(Throwable failure) throws Exception {
		Throwable thrown = unwrap(failure);
		if (thrown instanceof Error error) {
			throw error;
		}
		throw (thrown instanceof Exception exception) ? exception : new IllegalStateException(thrown);
	}

}
