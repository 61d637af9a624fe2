package io.ikigai.platform.stream;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.cloud.stream.binder.BinderHeaders;
import org.springframework.cloud.stream.binder.HeaderMode;
import org.springframework.cloud.stream.binder.ProducerProperties;
import org.springframework.context.Lifecycle;
import org.springframework.integration.handler.AbstractMessageHandler;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessageHandlingException;
import org.springframework.messaging.support.ErrorMessage;

/**
 * The end of a producer's binding. What it sends belongs to the running transaction. A
 * message that cannot be sent goes to the error channel, if there is one, and the caller
 * gets the exception.
 */
final class StreamMessageHandler extends AbstractMessageHandler implements Lifecycle {

	private final Outlet outlet;

	private final MessageFormat format;

	private final boolean partitioned;

	private final boolean withHeaders;

	private final @Nullable MessageChannel errorChannel;

	private volatile boolean running;

	StreamMessageHandler(Outlet outlet, MessageFormat format, ProducerProperties properties,
			@Nullable MessageChannel errorChannel) {
		this.outlet = outlet;
		this.format = format;
		this.partitioned = properties.isPartitioned();
		this.withHeaders = properties.getHeaderMode() != HeaderMode.none;
		this.errorChannel = errorChannel;
	}

	@Override
	protected void handleMessageInternal(Message<?> message) {
		try {
			WireMessage written = this.format.write(message);
			this.outlet.send(this.withHeaders ? written : new WireMessage(written.payload(), Map.of()),
					partition(message));
		}
		catch (RuntimeException ex) {
			if (this.errorChannel != null) {
				MessageHandlingException failure = new MessageHandlingException(message, ex);
				this.errorChannel.send(new ErrorMessage(failure, message));
			}
			throw ex;
		}
	}

	private @Nullable Integer partition(Message<?> message) {
		// One that came with a message from elsewhere is not of this destination
		return this.partitioned ? message.getHeaders().get(BinderHeaders.PARTITION_HEADER, Integer.class) : null;
	}

	@Override
	public void start() {
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

}
