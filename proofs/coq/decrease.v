(* One step: of u and -u, one goes down by the slope, and the other does no harm. *)

From Coq Require Import Reals Lra Lia Psatz.
From Lemmas Require Import prelude statements library.

Open Scope R_scope.

Theorem decrease : statements.decrease.
Proof.
  intros Gamma d f U x L alpha g Hd HG smooth Ha symmetric [I2 E2] lengths Hleft.
  pose proof (from_dimension d Hd) as HD. pose proof (sqrt_lt_R0 _ HD) as Hr.
  pose proof (sqrt_sqrt (INR d) (Rlt_le _ _ HD)) as Hrr.
  set (r := sqrt (INR d)) in *.
  set (phi := fun u => f (if Rlt_dec (f (vplus (vscale (/ r * alpha) u) x)) (f x)
                          then vplus (vscale (/ r * alpha) u) x else x)) in *.
  change (integrable U phi) in Hleft.
  destruct (symmetric phi Hleft) as (_ & Iminus & Eminus).
  destruct (lengths (g x)) as (Iabs & Hgg & Hgamma & Eabs).
  refine (conj Hleft (conj Hgg (conj Hgamma _))). match goal with |- _ <= ?b => change (mean U phi <= b) end.
  remember (alpha / r) as k eqn:Ek.
  assert (Hk : 0 < k) by (rewrite Ek; apply Rdiv_lt_0_compat; auto).
  assert (pair : forall u, phi u + phi (vscale (-1) u) <=
    2 * f x + ((- k) * Rabs (inner d u (g x)) + L * k ^ 2 / 2 * inner d u u)).
  { intros u.
    assert (kept : forall v, phi v <= f x /\
      phi v <= f x + k * inner d v (g x) + L * k ^ 2 / 2 * inner d v v).
    { intros v. destruct (smooth x (vplus (vscale (/ r * alpha) v) x)) as [_ up]. expand_in up.
      rewrite (inner_symmetric d x v) in up.
      replace (/ r * alpha) with k in up by (rewrite Ek; field; lra).
      assert (f (vplus (vscale k v) x) <= f x + k * inner d v (g x) + L * k ^ 2 / 2 * inner d v v) by lra.
      unfold phi. replace (/ r * alpha) with k by (rewrite Ek; field; lra). destruct Rlt_dec; lra. }
    destruct (kept u) as [a1 a2]. destruct (kept (vscale (-1) u)) as [b1 b2].
    expand_in b2. unfold Rabs. destruct Rcase_abs; lra. }
  assert (H := has_below U _ _ _ _
    (has_plus U _ _ _ _ (conj Hleft eq_refl) (conj Iminus eq_refl))
    (has_plus U _ _ _ _ (has_constant U (2 * f x))
      (has_plus U _ _ _ _ (has_scale U (- k) _ _ (conj Iabs Eabs)) (has_scale U (L * k ^ 2 / 2) _ _ (conj I2 E2))))
    pair).
  rewrite <- Eminus in H. change (mean U (fun u => phi u)) with (mean U phi) in H.
  assert (Hpi := sqrt_lt_R0 _ PI_RGT_0).
  replace (L * k ^ 2 / 2 * INR d) with (L * alpha ^ 2 / 2) in H by (rewrite Ek; rewrite <- Hrr; field; lra).
  match type of H with _ <= _ + (_ * ?b + _) =>
    replace (- k * b) with (- alpha * (sqrt (inner d (g x) (g x)) * / sqrt PI *
      / Gamma (1 / 2 + 1 / 2 * INR d) * Gamma (1 / 2 * INR d))) in H by (rewrite Ek; field; lra) end.
  lra.
Qed.
