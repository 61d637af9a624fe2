package io.ikigai.platform.listener;

import java.util.List;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;

import org.springframework.messaging.Message;

/**
 * A call of a handler with the interceptors that it has still to go through.
 *
 * @param endpoint the listener
 * @param messages what the call is for
 * @param interceptors the interceptors
 * @param handler calls the handler
 */
record InterceptedCall(ListenerEndpoint endpoint, List<? extends Message<?>> messages,
		List<ListenerInterceptor> interceptors,
		Callable<@Nullable Object> handler) implements ListenerInterceptor.Call {

	@Override
	public String listener() {
		return this.endpoint.id();
	}

	@Override
	public ListenerKind kind() {
		return this.endpoint.kind();
	}

	@Override
	public String destination() {
		return this.endpoint.destination();
	}

	@Override
	public @Nullable Object proceed() throws Exception {
		if (this.interceptors.isEmpty()) {
			return this.handler.call();
		}
		List<ListenerInterceptor> left = this.interceptors.subList(1, this.interceptors.size());
		return this.interceptors.get(0)
			.intercept(new InterceptedCall(this.endpoint, this.messages, left, this.handler));
	}

}
