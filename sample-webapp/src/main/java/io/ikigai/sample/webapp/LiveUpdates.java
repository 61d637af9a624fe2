package io.ikigai.sample.webapp;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpStatus;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * Sends browsers the state of the console whenever it has changed, as server-sent events.
 * However many watch, it is read once a second; while nobody watches, not at all.
 */
@Component
class LiveUpdates {

	/**
	 * After so many looks without news a comment is sent, which shows whether the browser
	 * is still there.
	 */
	private static final int QUIET_LOOKS = 15;

	private static final Log logger = LogFactory.getLog(LiveUpdates.class);

	private final ConsoleReader reader;

	private final JsonMapper json;

	private final Set<Viewer> viewers = ConcurrentHashMap.newKeySet();

	private final ExecutorService senders = Executors.newCachedThreadPool();

	private boolean trouble;

	private volatile boolean closed;

	LiveUpdates(ConsoleReader reader, JsonMapper json) {
		this.reader = reader;
		this.json = json;
	}

	String currentState() {
		return this.json.writeValueAsString(this.reader.read());
	}

	SseEmitter watch() {
		Viewer viewer = new Viewer(new SseEmitter(0L));
		viewer.emitter.onCompletion(() -> this.viewers.remove(viewer));
		viewer.emitter.onError((ex) -> this.viewers.remove(viewer));
		this.viewers.add(viewer);
		if (this.closed) {
			this.viewers.remove(viewer);
			throw new ResponseStatusException(HttpStatus.SERVICE_UNAVAILABLE, "The console is shutting down");
		}
		return viewer.emitter;
	}

	@Scheduled(fixedDelay = 1000)
	synchronized void look() {
		if (!this.closed && !this.viewers.isEmpty()) {
			News news = news();
			this.viewers.forEach((viewer) -> viewer.show(news));
		}
	}

	private News news() {
		try {
			News news = new News("state", currentState());
			this.trouble = false;
			return news;
		}
		catch (DataAccessException | TransactionException ex) {
			if (!this.trouble) {
				logger.warn("The state of the console could not be read; looking again every second", ex);
			}
			this.trouble = true;
			return new News("trouble", "The database does not answer. What is shown is what was known before.");
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
	 * What is sent.
	 */
	private record News(String name, String data) {
	}

	/**
	 * One browser. A slow one misses states in between and holds up nobody else.
	 */
	private final class Viewer {

		private final SseEmitter emitter;

		private final AtomicBoolean sending = new AtomicBoolean();

		private @Nullable News shown;

		private int quietLooks;

		Viewer(SseEmitter emitter) {
			this.emitter = emitter;
		}

		void show(News news) {
			if (!this.sending.compareAndSet(false, true)) {
				return;
			}
			if (!news.equals(this.shown)) {
				this.shown = news;
				this.quietLooks = 0;
				send(SseEmitter.event().name(news.name()).data(news.data()));
			}
			else if (++this.quietLooks % QUIET_LOOKS == 0) {
				send(SseEmitter.event().comment("still here"));
			}
			else {
				this.sending.set(false);
			}
		}

		private void send(SseEmitter.SseEventBuilder event) {
			LiveUpdates.this.senders.execute(() -> {
				try {
					this.emitter.send(event);
				}
				catch (IOException | IllegalStateException ex) {
					logger.debug("A browser has gone", ex);
					LiveUpdates.this.viewers.remove(this);
				}
				finally {
					this.sending.set(false);
				}
			});
		}

	}

}
