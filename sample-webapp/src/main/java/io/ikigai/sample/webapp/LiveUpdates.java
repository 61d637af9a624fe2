package io.ikigai.sample.webapp;

import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.http.HttpStatus;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * Tells browsers, by server-sent events, in which areas something has changed; they fetch
 * what they show of it. However much changes, each is told once a second, and while
 * nobody watches nothing is done.
 */
@Component
class LiveUpdates {

	/**
	 * After so many seconds without news a comment is sent, which shows whether the
	 * browser is still there.
	 */
	private static final int QUIET_SECONDS = 15;

	private static final Log logger = LogFactory.getLog(LiveUpdates.class);

	private final Set<Viewer> viewers = ConcurrentHashMap.newKeySet();

	private final ExecutorService senders = Executors.newCachedThreadPool((work) -> {
		Thread thread = new Thread(work, "console-events");
		thread.setDaemon(true);
		return thread;
	});

	private volatile boolean closed;

	SseEmitter watch() {
		Viewer viewer = new Viewer(new SseEmitter(0L));
		viewer.emitter.onCompletion(() -> this.viewers.remove(viewer));
		viewer.emitter.onError((ex) -> this.viewers.remove(viewer));
		this.viewers.add(viewer);
		if (this.closed) {
			this.viewers.remove(viewer);
			throw new ResponseStatusException(HttpStatus.SERVICE_UNAVAILABLE, "The console is shutting down");
		}
		// So that the browser knows at once that it is connected
		viewer.add(Set.of("start"));
		return viewer.emitter;
	}

	boolean watched() {
		return !this.viewers.isEmpty();
	}

	void changed(Set<String> areas) {
		this.viewers.forEach((viewer) -> viewer.add(areas));
	}

	@Scheduled(fixedDelay = 1000)
	synchronized void tell() {
		if (!this.closed) {
			this.viewers.forEach(Viewer::tell);
		}
	}

	/**
	 * Open streams would hold up the shutdown of the web server.
	 */
	@EventListener(ContextClosedEvent.class)
	synchronized void close() {
		this.closed = true;
		this.viewers.forEach((viewer) -> viewer.emitter.complete());
		this.senders.shutdown();
	}

	/**
	 * One browser. While it is slow its news gather, and it holds up nobody else.
	 */
	private final class Viewer {

		private final SseEmitter emitter;

		private final Set<String> news = new TreeSet<>();

		private boolean sending;

		private int quiet;

		Viewer(SseEmitter emitter) {
			this.emitter = emitter;
		}

		synchronized void add(Set<String> areas) {
			this.news.addAll(areas);
		}

		synchronized void tell() {
			if (this.sending) {
				return;
			}
			if (!this.news.isEmpty()) {
				this.quiet = 0;
				send(SseEmitter.event().name("change").data(String.join(" ", this.news)));
				this.news.clear();
			}
			else if (++this.quiet % QUIET_SECONDS == 0) {
				send(SseEmitter.event().comment("still here"));
			}
		}

		private void send(SseEmitter.SseEventBuilder event) {
			this.sending = true;
			LiveUpdates.this.senders.execute(() -> {
				try {
					this.emitter.send(event);
				}
				catch (IOException | IllegalStateException ex) {
					logger.debug("A browser has gone", ex);
					LiveUpdates.this.viewers.remove(this);
				}
				finally {
					sent();
				}
			});
		}

		private synchronized void sent() {
			this.sending = false;
		}

	}

}
