//! Further behaviours of `call`: the server asks a client, and the answer comes back.

use std::time::Duration;

use hobnob::{Received, SocketIoBuilder, TestClient, prelude::*};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::stage::received;

/// What `call` gives a handler whose client answers `answer`.
async fn answered<R, A>(answer: A) -> Result<R>
where
    R: DeserializeOwned + Serialize + Send + 'static,
    A: Serialize,
{
    let ask = async |client: Client| -> Result<R> { Ok(client.call("question", ()).await?) };
    let socketio = SocketIo::builder().on("/", "ask", ask).build().await?;
    let client = socketio.test_client().connect("/").await?;
    let answering = async { client.expect_call("question").await?.answer(answer) };
    let (asked, answering) = tokio::join!(client.call::<R>("ask", ()), answering);
    answering?;
    Ok(asked?)
}

/// Further behaviour 18
#[tokio::test(start_paused = true)]
async fn call_returns_a_value_a_tuple_of_several_or_none() -> Result {
    assert_eq!(answered::<u8, _>(7).await?, 7);
    assert_eq!(answered::<Value, _>([1, 2]).await?, json!([1, 2]));
    let several: (u8, String) = answered((7, "b")).await?;
    assert_eq!(several, (7, "b".to_owned()));
    assert_eq!(answered::<Option<u8>, _>(()).await?, None);
    answered::<(), _>(()).await?;
    Ok(())
}

async fn unanswered(builder: SocketIoBuilder) -> Result<(SocketIo, TestClient)> {
    let ask = async |client: Client, seconds: Option<u64>| -> String {
        let mut call = client.call::<()>("question", ());
        if let Some(seconds) = seconds {
            call = call.timeout(Duration::from_secs(seconds));
        }
        call.await
            .map_err(|error| error.to_string())
            .err()
            .unwrap_or_default()
    };
    let socketio = builder.on("/", "ask", ask).build().await?;
    let patient = socketio.test_client().timeout(Duration::from_mins(5));
    let client = patient.connect("/").await?;
    Ok((socketio, client))
}

/// Further behaviour 18. The 60 seconds are those of `SocketIO.call`; that of a class of the original waits
/// for ever.
#[tokio::test(start_paused = true)]
async fn call_waits_for_a_minute_or_as_long_as_it_is_told() -> Result {
    let (_, client) = unanswered(SocketIo::builder()).await?;
    for (told, expected) in [(None, 60), (Some(2), 2)] {
        let asked = Instant::now();
        let error: String = client.call("ask", told).await?;
        assert_eq!(error, CallError::Timeout.to_string());
        // On the paused clock, which nothing but the timeout moves so far.
        assert_eq!(asked.elapsed().as_secs(), expected);
    }
    Ok(())
}

/// Further behaviour 18: better than the original, which waits for a client that has left.
#[tokio::test(start_paused = true)]
async fn call_ends_at_once_when_the_client_leaves() -> Result {
    let (socketio, client) = unanswered(SocketIo::builder()).await?;
    let there = socketio.of("/").local_client(client.sid());
    let there = there.ok_or_else(|| Error::hidden("the client is not there"))?;
    let asked = Instant::now();
    let leaving = async {
        let question = client.expect_call("question").await?;
        drop(question);
        client.disconnect().await
    };
    let (answer, left) = tokio::join!(async { there.call::<()>("question", ()).await }, leaving);
    left?;
    assert!(matches!(answer, Err(CallError::Disconnected)), "{answer:?}");
    assert!(asked.elapsed() < Duration::from_secs(1));
    Ok(())
}

/// Further behaviour 19. What is a callback there comes after the `.await` here, in a task of the client,
/// which still has the client at hand.
#[tokio::test(start_paused = true)]
async fn what_a_client_answers_comes_back_to_who_asked() -> Result {
    let ask = |client: Client, question: String| {
        client.clone().spawn(async move {
            if let Ok(answer) = client.call::<(u8, String)>(&question, "please").await {
                let _ = client.emit("answered", (client.sid(), question, answer));
            }
        });
    };
    let builder = SocketIo::builder().on("/test", "ask", ask);
    let client = builder
        .build()
        .await?
        .test_client()
        .connect("/test")
        .await?;
    // The handler does not wait for the answer.
    client.call::<()>("ask", "how many").await?;
    let question = client.expect_call("how many").await?;
    assert_eq!(question.decode::<String>()?, "please");
    question.answer((3, "cups"))?;
    let answered = (client.sid(), "how many", (3, "cups"));
    assert_eq!(
        received(&client).await,
        [Received::new("answered", answered)]
    );
    Ok(())
}
